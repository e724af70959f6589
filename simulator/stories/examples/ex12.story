# A shelter searched, a volunteer summoned, a threat: two events in one report.
# Invented: no person, event, town or official act in it is real.

phone ex12 language es
  says /start
  taps "Español"
  taps "Sí, seguir"       # Yes, go on
  taps "De alguien a quien ayudo"  # Someone I help
  taps "Hay miedo de que pase"  # Afraid it may come
  taps "Libre"            # Free
  says 12                 # Attack on helpers or press
  says 4                  # Shelter attacked or searched
  taps "Amenazas"         # Threatened
  says "Morelos"          # Where
  taps "Saltar"           # not told: Town
  says "a mediados de junio"  # When
  says 12                 # People
  says 1                  # A child (under 18)
  says 4                  # Children
  says "Soy abogada de una casa de migrantes en Morelos. A mediados de junio entró la policía municipal sin orden, revisó los cuartos y echó fuera a doce personas, entre ellas cuatro niños."
  says "policía municipal"  # Who did it
  taps "Listo"
  says 2 6                # A lawyer; Only to tell it
  taps "Añadir otro hecho"  # Add another event
  says 7 12               # Violence or threats; Attack on helpers or press
  says 7                  # Threatened
  says 3                  # Helper charged or detained for helping
  taps "Amenazas"         # Threatened
  says "Morelos"          # Where
  taps "Saltar"           # not told: Town
  says "ayer"             # When
  taps "1"
  says 13                 # None of these
  says "El 2 de julio la fiscalía citó a una voluntaria por tráfico de personas. Ayer llamaron para decir que la próxima soy yo."
  says "fiscalía"         # Who did it
  taps "Listo"
  taps "Enviar"           # Send
  keeps receipt
