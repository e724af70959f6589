# Somebody whose phone may be searched: each answer is deleted as soon as it is kept, the question stays one message
# that changes, and a power cut in between leaves no more than that. At the end there is the receipt, and nothing else.

phone eva language es
  says /start
  taps "Español"
  sees "Telegram puede leer este chat"
  taps "Sí, y borre aquí cada respuesta"
  sees "¿De quién se trata?"
  shows 1 message                       # what was said before is gone as well
  says 1                                # a typed number is as good as a tap, and is deleted
  sees "en peligro ahora o necesita"
  shows 1 message
  taps "No"
  sees "¿Cómo está la persona ahora?"
  sends voice
  shows 1 message                       # once the voice note is here, it is there no more

world
  kills the bot
  starts the bot

phone eva
  taps "Libre"
  sees "¿Qué pasó?"
  taps "Pidieron dinero"
  sees "✓"
  taps "Listo"
  shows 1 message
  taps "Enviar lo que llevo"
  sees "Esto es lo que se enviaría"
  taps "1 Enviar"
  keeps receipt
  sees "1 de 1"
  sees "Este mensaje se queda hasta que lo borre"
  shows 1 message

desk maria
  logs in
  sees first in queue priority P3
  opens it
  replies "Lo leímos. Gracias."

phone prima language es                 # from another phone, where nothing is deleted at once
  says <receipt>
  sees "Lo leímos. Gracias."

phone eva
  says /borrar                          # deleting works as always
  sees "Borrado"
  shows 1 message
