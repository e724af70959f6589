# With the receipt, from any phone: a later message, another wish about sharing, and the end of it all.

phone eva language en
  says /start
  taps "English"
  taps "Yes, go on"
  taps "Me"
  taps "No"
  taps "Free"
  taps "Asked for money"
  taps "Done"
  taps "Send what I have"
  taps "Send"
  keeps receipt
  sees "Handed over"

phone friend language en
  says <receipt>
  sees "What do you want to do?"
  taps "Write a message"
  says "They called again this morning."
  sees "Handed over"
  taps "Change who may see it"
  taps "Also as a number, without details"
  sees "It counts from now on"

desk maria
  logs in
  sees first in queue priority P3
  opens it
  reads "They called again this morning."
  reads "S2"
  replies "Do not answer that number. We are with you."

phone friend
  taps "Read the messages"
  sees "We are with you."
  taps "A proof that it was registered"
  sees "Nothing of what was told is in it"
  taps "Erase all of it"
  taps "Yes, erase it"
  sees "Erased here"
  says <receipt>
  sees "nothing under this code"

desk maria
  sees 0 cases
