# A driver lets officers take money from those who look foreign.
# Graded P3.
# Invented: no person, event, town or official act in it is real.

phone bus_fee language es
  says /start
  taps "Español"
  taps "Sí, seguir"       # Yes, go on
  taps "De mí"            # Me
  taps "No"
  taps "Libre"            # Free
  says 1 11               # They asked for money; Treated worse for who they are
  says "San Ardilio, Chiapas"  # Where
  taps "Ayer"             # Yesterday
  taps "3 a 5"            # 3 to 5
  says 13                 # None of these
  says "El chofer paró antes de San Ardilio y dos agentes subieron. Solo a los que teníamos acento nos pidieron 400 pesos para seguir."
  says 1                  # Mexican migration officers
  taps "Enviar lo que llevo"  # Send what I have
  taps "Enviar"           # Send
  keeps receipt
