# The everyday case: money and a phone taken at a checkpoint. Two minutes, no contact asked.
# Invented: no person, event, town or official act in it is real.

phone ex01 language es
  says /start
  taps "Español"
  taps "Sí, seguir"
  taps "De mí"
  taps "No"
  taps "Libre"
  says 1 2                # asked for money; things taken
  says Veracruz
  says "San Jacinto del Llano"
  says "carretera o retén"
  says "hace 2 días"
  says 2
  says 0
  says 7                  # none of these
  says "El martes en la noche, en un retén antes de San Jacinto del Llano, Veracruz, dos policías estatales nos bajaron del autobús a mi esposa y a mí. Dijeron que sin dinero no seguíamos. Les dimos 1,500 pesos y además se quedaron con mi teléfono. Ya estamos lejos y bien. No pido nada, solo que quede anotado."
  says 3                  # police
  taps "Enviar"
  keeps receipt
