# Six people are kept on a farm. A borrowed phone: short, no contact by default.
# Invented: no person, event, town or official act in it is real.

phone ex06 language pt
  says /start
  taps "Português"
  taps "Sim, continuar"   # Yes, go on
  taps "Sobre mim"        # Me
  taps "Há medo de que aconteça"  # Afraid it may come
  taps "Alguém não deixa sair"  # Held by someone
  taps "Outras pessoas"   # Other people
  says 3 7 8              # They took or broke papers; Violence or threats; Kidnapped, missing, exploited
  says 7                  # Threatened
  says 3                  # Forced work, forced sex, recruitment
  says "Sinaloa"          # Where
  taps "Pular"            # not told: Town
  says "desde março"      # When
  says 6                  # People
  says 13                 # None of these
  says "Desde mais ou menos março trabalho numa fazenda em Sinaloa. O patrão ficou com os nossos passaportes e diz que devemos a viagem. Somos seis, quatro brasileiros e dois que não sei de onde são. À noite fecham o portão com cadeado. Quem reclama apanha. Hoje consegui um telefone por pouco tempo."
  says "Dono da casa ou patrão"  # Landlord or employer
  taps "Pronto"
  taps "Enviar o que já contei"  # Send what I have
  taps "Enviar"           # Send
  keeps receipt
