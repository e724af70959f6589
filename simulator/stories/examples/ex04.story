# A clinic that heard the same thing all through a month: a pattern, no names.
# Invented: no person, event, town or official act in it is real.

phone ex04 language en
  says /start
  taps "English"
  taps "Yes, go on"
  taps "Many people"
  taps "No, I help them"
  taps "No"
  taps "Free"
  says 6 11               # asylum blocked; treated worse
  says 2 3                # procedure blocked; no interpreter
  says "San Luis Potosí"
  says "Puerto Escudo"
  says "government office"
  says "all through April"
  says 27
  taps "Not sure"
  says 6                  # needs an interpreter
  taps "I do not know"
  says "We run a free clinic. All through April people told us the same thing about the refugee office in Puerto Escudo, San Luis Potosí: the guard at the door sends away whoever does not speak Spanish and says to come back with an interpreter of your own. We counted 27 people, maybe there are more. Nobody gave us permission to pass on a name."
  says COMAR
  taps "No"
  taps "Send"
  keeps receipt
