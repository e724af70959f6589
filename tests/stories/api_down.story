# The desk is down while a report is sent. The person is told that it is kept, not that it is handed over.
# When the desk is back it arrives, exactly once, also when the bot was killed in between.

phone sam language en
  says /start
  taps "English"
  taps "Yes, go on"

world
  waits 2.5 seconds                     # the bot has learnt the desk's key by now
  stops the api

phone sam
  taps "Someone I help"
  taps "Needs a doctor now"
  taps "Detained by officials"
  taps "Send what I have"
  taps "Send"
  sees "Saved"
  keeps receipt
  does not see "Handed over"

world
  kills the bot
  starts the bot
  waits 2 seconds
  starts the api

phone sam
  sees "Handed over"

desk maria
  logs in
  sees 1 case
  sees first in queue priority P1 reason medical_emergency
  opens it
  reads "proxy"
