# The receipt can be kept as nine words; they open the mailbox as the code does, from any phone, in any language.

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
  sees "Handed over"
  taps "As words"
  sees "Your code as words"
  taps "As a code"
  sees "Your code:"
  taps "As words"
  keeps receipt as words

desk maria
  logs in
  sees first in queue priority P3
  opens it
  replies "We read it. Thank you."

phone friend language es
  says <receipt>
  sees "We read it. Thank you."

phone stranger language en
  says "abandon ability able about above absent absorb abstract absurd"
  sees "nothing under this code"
