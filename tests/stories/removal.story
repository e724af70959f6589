# A sister tells that her brother is held and may be put on a flight within three days.
# Somebody else had told something less urgent before. Hers ends on top of the queue, and she gets an answer.

phone ana language es                   # an everyday report first: money taken at a checkpoint
  says /start
  taps "Español"
  taps "Sí, seguir"
  taps "De mí"
  says 5                                # no danger; a typed number is as good as a tap
  says 5                                # free
  taps "Pidieron dinero"
  taps "Listo"
  taps "Enviar lo que llevo"
  taps "Enviar"
  sees "Su código"

phone rosa language es
  says /start
  taps "Español"
  sees "Telegram puede leer este chat"  # the honest word comes before any question
  taps "Sí, seguir"
  taps "De mi familia"
  taps "Hay miedo de que pase"
  taps "En detención de autoridades"
  taps "Sí, en los próximos 3 días"
  says 4                                # detention
  says listo
  taps "Detenido sin motivo ni documento"
  taps "Listo"
  taps "Saltar"                         # she is not sure where: skipped, not guessed
  taps "Enviar lo que llevo"
  taps "Enviar"
  keeps receipt
  sees "Entregado"

desk maria
  logs in
  sees 2 cases
  sees first in queue priority P1 reason removal_lt72h
  opens it
  reads "arbitrary_detention"
  replies "Estamos contigo. Una abogada va hoy."

phone prima language es                 # another phone, the same receipt
  says <receipt>
  sees "Estamos contigo"
