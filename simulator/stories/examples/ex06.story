# Held by an employer, on a borrowed phone. Told in Portuguese.
# Invented: no person, event, town or official act in it is real.

phone ex06 language es
  says /start
  taps "Español"
  taps "Sí, seguir"
  taps "De mí"
  taps "Hay miedo"
  taps "Alguien la retiene"
  taps "Otras personas"
  says 3 7 8              # papers; violence or threats; exploited
  says 7                  # threats
  says 3                  # forced work
  says Sinaloa
  taps "Saltar"
  taps "Saltar"
  says hoy
  says 6
  says 0
  says 7                  # none of these
  says "Desde mais ou menos março trabalho numa fazenda em Sinaloa. O patrão ficou com os nossos passaportes e diz que devemos a viagem. Somos seis, quatro brasileiros e dois que não sei de onde são. À noite fecham o portão com cadeado. Quem reclama apanha. Hoje consegui um telefone por pouco tempo."
  says 8                  # another person
  taps "Enviar"
  keeps receipt
