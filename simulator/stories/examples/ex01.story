# The everyday case: money and a phone taken at a checkpoint. Two minutes, no contact asked.
# Invented: no person, event, town or official act in it is real.

phone ex01 language es
  says /start
  taps "Español"
  taps "Sí, seguir"       # Yes, go on
  taps "De mí"            # Me
  taps "No"
  taps "Libre"            # Free
  says 1 2                # They asked for money; They took money or things
  says "San Jacinto del Llano, Veracruz"  # Where
  says "hace 2 días"      # When
  says 2                  # People
  says 13                 # None of these
  says "El martes en la noche, en un retén antes de San Jacinto del Llano, Veracruz, dos policías estatales nos bajaron del autobús a mi esposa y a mí. Dijeron que sin dinero no seguíamos. Les dimos 1,500 pesos y además se quedaron con mi teléfono. Ya estamos lejos y bien. No pido nada, solo que quede anotado."
  says "policía estatal"  # Who did it
  taps "Listo"
  says 6                  # Only to tell it
  taps "Enviar"           # Send
  keeps receipt
