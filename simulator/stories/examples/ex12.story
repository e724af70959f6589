# A shelter searched, a volunteer summoned, a threat: two events in one report.
# Invented: no person, event, town or official act in it is real.

phone ex12 language es
  says /start
  taps "Español"
  taps "Sí, seguir"
  taps "De alguien a quien ayudo"
  taps "Hay miedo"
  taps "Libre"
  says 12                 # helpers
  says 4                  # shelter searched
  taps "Amenazas"
  says Morelos
  taps "Saltar"
  says albergue
  says "a mediados de junio"
  says 12
  says 4
  says 7                  # none of these
  says "Soy abogada de una casa de migrantes en Morelos. A mediados de junio entró la policía municipal sin orden, revisó los cuartos y echó fuera a doce personas, entre ellas cuatro niños."
  says 3                  # police
  taps "Sí"
  says 7 12               # threats; helpers
  says 7
  says 3                  # charged for helping
  taps "Amenazas"
  says Morelos
  taps "Saltar"
  taps "Saltar"
  says ayer
  says 1
  says 7                  # none of these
  says "El 2 de julio la fiscalía citó a una voluntaria por tráfico de personas. Ayer llamaron para decir que la próxima soy yo."
  says fiscalía
  taps "Listo"
  taps "No"
  taps "Enviar"
  keeps receipt
