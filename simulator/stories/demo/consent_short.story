# Not alone, so the short way: four answers and sent.
# Graded P2.
# Invented: no person, event, town or official act in it is real.

phone consent_short language es
  says /start
  taps "Español"
  taps "Sí, pero muy corto"  # Yes, but keep it short
  taps "Hay miedo de que pase"  # Afraid it may come
  taps "Libre"            # Free
  says 1                  # They asked for money
  taps "No me escriban"   # Do not write to me
  taps "Enviar"           # Send
  keeps receipt
