# Typical: a brother in detention, told to the end of the interview.

phone typical_detained language es
  says /start
  taps "Español"
  taps "Sí, seguir"       # Yes, go on
  taps "De mi familia o una amistad"  # My family or a friend
  taps "No sé"            # I do not know
  taps "En detención de autoridades"  # Detained by officials
  taps "No sé"            # I do not know
  says 4                  # Detention
  says 1                  # Detained without reason or papers
  says "San Ardilio, Tabasco"  # Where
  taps "Ayer"             # Yesterday
  taps "1"
  says 12                 # None of these
  says "Se lo llevaron ayer de la estación de autobuses y no nos dejan verlo."
  says 1                  # Mexican migration officers
  says 2                  # A lawyer
  taps "Enviar"           # Send
  keeps receipt
