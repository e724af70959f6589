# The least that can be sent: five answers, then the review.

phone minimal language en
  says /start
  taps "English"
  taps "Yes, go on"
  taps "Me"
  taps "Afraid it may come"
  taps "Send what I have"
  taps "Send"
  keeps receipt
