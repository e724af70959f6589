# A pregnant woman in detention was given no doctor.
# Graded P2.
# Invented: no person, event, town or official act in it is real.

phone no_doctor language es
  says /start
  taps "Español"
  taps "Sí, seguir"       # Yes, go on
  taps "De alguien a quien ayudo"  # Someone I help
  taps "No"
  taps "En detención de autoridades"  # Detained by officials
  taps "No sé"            # I do not know
  says 4 10               # Detention; No doctor or medicine
  says 3                  # No water, food, space or hygiene
  taps "Ciudad de México" # Mexico City
  taps "Saltar"           # not told: Town
  taps "Hoy"              # Today
  taps "1"
  says 5                  # Pregnant
  says "Está de siete meses, pidió un médico dos veces y le dijeron que esperara."
  says 1                  # Mexican migration officers
  says 3                  # A doctor
  taps "Enviar"           # Send
  keeps receipt
