# Typical: a shelter worker tells of a group as one, to the end of the interview.

phone typical_shelter language es
  says /start
  taps "Español"
  taps "Sí, seguir"       # Yes, go on
  taps "De alguien a quien ayudo"  # Someone I help
  taps "No"
  taps "Libre"            # Free
  says 1                  # They asked for money
  says "Ventarrona, Oaxaca"  # Where
  taps "En los últimos 7 días"  # In the last 7 days
  says 12                 # People
  says 1 4                # A child (under 18); A woman
  taps "3 a 5"            # 3 to 5
  says "Doce personas llegaron sin dinero: les cobraron en el retén para dejarlas pasar."
  says 3                  # Police in Mexico
  says 6                  # Only to tell it
  taps "Enviar"           # Send
  keeps receipt
