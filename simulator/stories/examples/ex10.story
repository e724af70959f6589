# A journalist beaten and threatened while filming. Told in Arabic.
# Invented: no person, event, town or official act in it is real.

phone ex10 language en
  says /start
  taps "English"
  taps "Yes, go on"
  taps "Me"
  taps "Afraid"
  taps "Free"
  says 7 12               # violence; attack on press
  says 1 7                # beaten; threatened
  says 2                  # a journalist
  taps "Attacked"
  says Zacatecas
  taps "Skip"
  says train
  says "3 days ago"
  says 1
  says 7                  # none of these
  says "أنا صحفي مستقل. يوم الأحد كنت أصوّر رجال الهجرة وهم يُنزلون الناس من القطار رقم 1402 في ولاية زاكاتيكاس. اقترب رجل بلا شارة، ضربني على يدي وأخذ الهاتف وكسره، وقال إنه يعرف أين أنام. عندي نسخة من الفيديو عند زميل. أخاف أن يعود."
  says 9                  # not known
  taps "Send"
  keeps receipt
