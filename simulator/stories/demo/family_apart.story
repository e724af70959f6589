# A father was taken to another station; the child stayed with the aunt.
# Graded P2.
# Invented: no person, event, town or official act in it is real.

phone family_apart language es
  says /start
  taps "Español"
  taps "Sí, seguir"       # Yes, go on
  taps "De mi familia o una amistad"  # My family or a friend
  taps "No"
  taps "En detención de autoridades"  # Detained by officials
  taps "Sí, más tarde"    # Yes, later
  says 4 9                # Detention; Family or children
  says 2                  # In detention, no abuse told yet
  says 1                  # Separated from family
  taps "Sí"               # Yes
  taps "Sonora"
  taps "Saltar"           # not told: Town
  taps "Ayer"             # Yesterday
  taps "2"
  says 1                  # A child (under 18)
  taps "1"
  says "Se llevaron a mi cuñado y la niña de seis años quedó conmigo. No sabemos a qué estación lo llevaron."
  says 1                  # Mexican migration officers
  says 4                  # To find someone
  taps "Enviar"           # Send
  keeps receipt
