# A shelter worker tells of a group as one: thirteen people robbed on a train.
# Graded P3.
# Invented: no person, event, town or official act in it is real.

phone shelter_group language es
  says /start
  taps "Español"
  taps "Sí, seguir"       # Yes, go on
  taps "De alguien a quien ayudo"  # Someone I help
  taps "No"
  taps "Libre"            # Free
  says 2                  # They took money or things
  says "Ventarrona, Oaxaca"  # Where
  taps "En los últimos 7 días"  # In the last 7 days
  says 13                 # People
  says 1 4                # A child (under 18); A woman
  taps "3 a 5"            # 3 to 5
  says "Trece personas llegaron a la casa sin mochilas ni teléfonos. Dicen que hombres armados las bajaron del tren."
  says 7                  # Criminal group
  says 6                  # Only to tell it
  taps "Contar más antes de enviar"  # Tell more before sending
  taps "Tren"             # Train
  taps "Saltar"           # not told: Known by
  taps "Saltar"           # not told: How sure
  taps "Saltar"           # not told: Another version
  taps "Saltar"           # not told: Evidence
  taps "Sí, saben y están de acuerdo"  # Yes, they know and agree
  taps "Como un grupo"    # As one group
  taps "Trabajo en un albergue"  # I work at a shelter
  taps "Me lo contó la persona"  # The person told me
  taps "Enviar lo que llevo"  # Send what I have
  taps "Enviar"           # Send
  keeps receipt
