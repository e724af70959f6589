# A group is threatened near the place where they sleep.
# Graded P2.
# Invented: no person, event, town or official act in it is real.

phone pt_threat language pt
  says /start
  taps "Português"
  taps "Sim, continuar"   # Yes, go on
  taps "Sobre mim"        # Me
  taps "Há medo de que aconteça"  # Afraid it may come
  taps "Livre"            # Free
  says 7                  # Violence or threats
  says 7                  # Threatened
  says "Jalisco"          # Where
  taps "Pular"            # not told: Town
  taps "Hoje"             # Today
  taps "3 a 5"            # 3 to 5
  says 1                  # A child (under 18)
  taps "2"
  says "Dois homens voltam toda noite e dizem que vão nos buscar se não pagarmos. Dormimos com as crianças na praça."
  says 7                  # Criminal group
  says 1                  # To be safe
  taps "Enviar"           # Send
  keeps receipt
