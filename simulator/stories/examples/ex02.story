# A mother: last seen with officials who deny holding him.
# Invented: no person, event, town or official act in it is real.

phone ex02 language es
  says /start
  taps "Español"
  taps "Sí, seguir"
  taps "De mi familia"
  taps "No sé"
  taps "No aparece"
  taps "Hace menos de 3 días"
  says 1                  # last seen with officials
  says 4 8                # detention; taken or missing
  says 1 4                # no reason given; no call
  says 2                  # missing
  says Oaxaca
  taps "Saltar"
  says "carretera o retén"
  says "hace 2 días"
  says 4
  says 0
  says 7                  # none of these
  taps "No sé"
  says "Mi hijo tiene 19 años. Me llamó anteayer desde un filtro de migración en la carretera, en el estado de Oaxaca; dijo que lo subían a una camioneta blanca junto con tres muchachos más. Desde entonces su teléfono está apagado. Fui a preguntar a la estación y me dijeron que ahí no está y que nunca estuvo."
  says 1                  # migration officers
  taps "Enviar"
  keeps receipt
