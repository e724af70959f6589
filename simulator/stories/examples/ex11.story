# A child alone who may be sent back tomorrow: the fewest questions, then a person.
# Invented: no person, event, town or official act in it is real.

phone ex11 language es
  says /start
  taps "Español"
  taps "Sí, seguir"
  taps "tengo menos de 18"
  taps "De 12 a 17"
  taps "No"
  taps "No sé"
  taps "En detención"
  taps "próximos 3 días"
  taps "Sí"
  taps "De día"
  taps "Enviar"
  keeps receipt
