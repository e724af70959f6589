# Typical: money and a phone taken at a checkpoint, told to the end of the interview.

phone typical_theft language es
  says /start
  taps "Español"
  taps "Sí, seguir"       # Yes, go on
  taps "De mí"            # Me
  taps "No"
  taps "Libre"            # Free
  says 1 2                # They asked for money; They took money or things
  says "San Ardilio, Veracruz"  # Where
  taps "Ayer"             # Yesterday
  taps "1"
  says 13                 # None of these
  says "Nos bajaron del autobús y se llevaron mi teléfono y 500 pesos."
  says 3                  # Police in Mexico
  says 6                  # Only to tell it
  taps "Enviar"           # Send
  keeps receipt
