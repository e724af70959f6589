# Sexual violence, told by a helper in French. Nothing about what happened is asked.
# Invented: no person, event, town or official act in it is real.

phone ex07 language es
  says /start
  taps "Español"
  taps "Sí, seguir"
  taps "De alguien a quien ayudo"
  taps "No"
  taps "Libre"
  says 7                  # violence
  says 8                  # sexual violence, no details needed
  sees "No es su culpa"
  taps "Sí"
  says 1                  # medical care
  taps "De día"
  taps "Enviar"
  keeps receipt
