# Cold rooms and no blanket in a border station.
# Graded P3.
# Invented: no person, event, town or official act in it is real.

phone fr_cold_room language fr
  says /start
  taps "Français"
  taps "Oui, continuer"   # Yes, go on
  taps "Moi"              # Me
  taps "Non"              # No
  taps "Libre"            # Free
  says 4                  # Detention
  says 3                  # No water, food, space or hygiene
  says "California"       # Where
  taps "Passer"           # not told: Town
  taps "Ce mois-ci"       # This month
  taps "10 à 49"          # 10 to 49
  says 4                  # A woman
  says "Trois nuits dans une pièce glacée, la lumière toujours allumée, une couverture en plastique pour deux."
  says 4                  # U.S. Border Patrol, green uniform
  taps "Passer"           # not told: Needed most
  taps "En dire plus avant d'envoyer"  # Tell more before sending
  taps "Passer"           # not told: How
  taps "Passer"           # not told: Treated so for
  taps "Détention aux États-Unis"  # Detention in the U.S.
  taps "Envoyer ce que j'ai dit"  # Send what I have
  taps "Envoyer"          # Send
  keeps receipt
