# A pattern: the same checkpoint takes money again and again. Told by one who saw it.
# Graded P3.
# Invented: no person, event, town or official act in it is real.

phone checkpoint_pattern language es
  says /start
  taps "Español"
  taps "Sí, seguir"       # Yes, go on
  taps "De muchas personas"  # Many people
  taps "No, lo vi"        # No, I saw it
  taps "Una y otra vez"   # Again and again
  taps "No"
  taps "Libre"            # Free
  says 1                  # They asked for money
  says "Cruce Lindaval, Veracruz"  # Where
  taps "Todavía sigue"    # It is still going on
  says "desde marzo"      # Since when
  says 1                  # I saw it
  taps "Sí"               # Yes
  taps "50 o más"         # 50 or more
  says 13                 # None of these
  says "Vendo comida junto al retén. Casi todos los días bajan a la gente de los autobuses y le cobran para dejarla seguir."
  says 3                  # Police in Mexico
  taps "Enviar lo que llevo"  # Send what I have
  taps "Enviar"           # Send
  keeps receipt
