# A child alone, held, sent away tomorrow: the fewest questions, then a person.
# Invented: no person, event, town or official act in it is real.

phone ex11 language es
  says /start
  taps "Español"
  taps "Sí, seguir"       # Yes, go on
  taps "De mí, y tengo menos de 18 años"  # Me, and I am under 18
  taps "De 12 a 17"       # 12 to 17
  taps "No"
  taps "No sé"            # I do not know
  taps "En detención de autoridades"  # Detained by officials
  taps "Sí, en los próximos 3 días"  # Yes, in the next 3 days
  says "Tengo 16 años y voy sola. Desde ayer estoy en un albergue del DIF en Querétaro, no me dejan salir. Una señora me dijo que mañana temprano me suben a un camión para mi país. Allá me buscan los de la pandilla, por eso me fui. Escribo rápido desde el teléfono de otra muchacha."
  taps "Sí"               # Yes
  taps "No me escriban"   # Do not write to me
  taps "Enviar"           # Send
  keeps receipt
