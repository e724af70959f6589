# A wrong receipt and an unknown one get the same words; the right one opens the mailbox, from any phone.

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

phone stranger language en
  says <wrong receipt>
  sees "nothing under this code"
  says 4XXX-YYYY-ZZZZ-2222-3333
  sees "nothing under this code"

phone friend language en
  says <receipt>
  sees "no message"

desk maria
  logs in
  sees first in queue priority P3
  opens it
  replies "We read it. Thank you."

phone friend
  says <receipt>
  sees "We read it. Thank you."
