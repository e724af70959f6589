# A wage never paid, told after years.
# Graded P4.
# Invented: no person, event, town or official act in it is real.

phone pt_old_debt language pt
  says /start
  taps "Português"
  taps "Sim, continuar"   # Yes, go on
  taps "Sobre mim"        # Me
  taps "Não"              # No
  taps "Livre"            # Free
  says 2                  # They took money or things
  says "Nuevo León"       # Where
  taps "Pular"            # not told: Town
  taps "Antes"            # Earlier
  taps "Antes disso"      # Before that
  taps "1"
  says 13                 # None of these
  says "Trabalhei três meses numa obra e nunca me pagaram. Faz muito tempo; só quero que fique escrito."
  taps "Pular"            # not told: Who did it
  says 6                  # Only to tell it
  taps "Enviar"           # Send
  keeps receipt
