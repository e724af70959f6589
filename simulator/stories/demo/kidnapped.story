# A cousin is held for ransom. Danger now: sent at once, with the least that is needed.
# Graded P1.
# Invented: no person, event, town or official act in it is real.

phone kidnapped language es
  says /start
  taps "Español"
  taps "Sí, seguir"       # Yes, go on
  taps "De mi familia o una amistad"  # My family or a friend
  taps "En peligro ahora" # In danger now
  taps "Alguien la retiene"  # Held by someone
  taps "Otras personas"   # Other people
  says "Tamaulipas"       # Where
  taps "3 a 5"            # 3 to 5
  taps "Enviar lo que llevo"  # Send what I have
  taps "Enviar"           # Send
  keeps receipt
