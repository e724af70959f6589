# A report is left in the middle; the bot is killed as by a power cut; the person goes on where they were.

phone luis language es
  says /start
  taps "Español"
  taps "Sí, seguir"
  taps "De mí"
  taps "No"
  sees "¿Cómo está la persona ahora?"

world
  kills the bot

phone luis
  says 5                                # nobody answers: the message waits at Telegram

world
  waits 1 second
  starts the bot

phone luis
  sees "¿Qué pasó?"                     # his answer was taken, nothing was lost
  taps "Quitaron dinero o cosas"
  taps "Listo"

world
  kills the bot
  starts the bot

phone luis
  says /start
  sees "¿Continuar?"                     # a neutral screen that repeats nothing of what was told
  does not see "Quitaron"
  taps "Sí"
  taps "Enviar lo que llevo"
  sees "Quitaron dinero o cosas"
  taps "Enviar"
  keeps receipt
  sees "Entregado"

desk maria
  logs in
  sees 1 case
  sees first in queue priority P3
