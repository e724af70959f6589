# A mother looks for her son, last seen with officials who deny it.
# Invented: no person, event, town or official act in it is real.

phone ex02 language es
  says /start
  taps "Español"
  taps "Sí, seguir"       # Yes, go on
  taps "De mi familia o una amistad"  # My family or a friend
  taps "No sé"            # I do not know
  taps "No aparece"       # Missing
  taps "Hace menos de 3 días"  # Less than 3 days
  says 1                  # Last seen with officials
  says 4 8                # Detention; Kidnapped, missing, exploited
  says 1 4                # Detained without reason or papers; No call; nobody knows where they are
  says 2                  # Missing, we do not know why
  says "Oaxaca"           # Where
  taps "Saltar"           # not told: Town
  says "anteayer"         # When
  says 4                  # People
  says 13                 # None of these
  says "Mi hijo tiene 19 años. Me llamó anteayer desde un filtro de migración en la carretera, en el estado de Oaxaca; dijo que lo subían a una camioneta blanca junto con tres muchachos más. Desde entonces su teléfono está apagado. Fui a preguntar a la estación y me dijeron que ahí no está y que nunca estuvo."
  says 1                  # Mexican migration officers
  says 2 4                # A lawyer; To find someone
  taps "Contar más antes de enviar"  # Tell more before sending
  taps "Saltar"           # not told: How
  taps "Saltar"           # not told: Treated so for
  taps "Carretera o retén"  # Road or checkpoint
  taps "No sé"            # Fear of return: I do not know
  says 5                  # Others told me
  taps "Saltar"           # not told: How sure
  taps "Saltar"           # not told: Papers
  taps "Saltar"           # not told: Reason told
  taps "Saltar"           # not told: Signed
  taps "Saltar"           # not told: Another version
  taps "Saltar"           # not told: Evidence
  taps "Es una emergencia, no lo saben"  # It is an emergency, they do not know
  says "No lo puedo preguntar: no aparece."
  taps "Como un grupo"    # As one group
  taps "Me lo contó la persona"  # The person told me
  taps "Enviar lo que llevo"  # Send what I have
  taps "Enviar"           # Send
  keeps receipt
