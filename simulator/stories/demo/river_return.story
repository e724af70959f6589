# Sent back over the river three days ago, and afraid there.
# Graded P2.
# Invented: no person, event, town or official act in it is real.

phone river_return language es
  says /start
  taps "Español"
  taps "Sí, seguir"       # Yes, go on
  taps "De mí"            # Me
  taps "No"
  taps "La sacaron del país"  # Sent out of the country
  taps "En los últimos 7 días"  # In the last 7 days
  says 5                  # Sent back or expelled
  says 2 1                # Expelled with no process of their own; Returned to where they are in danger
  says "Paso Corvina, Tabasco"  # Where
  taps "Guatemala"
  taps "En los últimos 7 días"  # In the last 7 days
  taps "2"
  says 12                 # Afraid of being sent back
  says "Nos dejaron al otro lado del río de noche, a mi hermano y a mí. No nos preguntaron si teníamos miedo."
  says 1                  # Mexican migration officers
  says 2                  # A lawyer
  taps "Enviar"           # Send
  keeps receipt
