# A journalist whose phone was broken and who was threatened. Right to left, with Western digits.
# Invented: no person, event, town or official act in it is real.

phone ex10 language ar
  says /start
  taps "العربية"
  taps "نعم، نتابع"       # Yes, go on
  taps "عني"              # Me
  taps "خوف من خطر قد يأتي"  # Afraid it may come
  taps "حر"               # Free
  says 7 12               # Violence or threats; Attack on helpers or press
  says 1 7                # Beaten, pushed, chased, gas, shots; Threatened
  says 2                  # Journalist attacked or stopped from reporting
  taps "اعتداء"           # Attacked
  says "زاكاتيكاس"        # Where
  taps "تخطي"             # not told: Town
  says "قبل 3 أيام"       # When
  taps "1"
  says 13                 # None of these
  says "أنا صحفي مستقل. يوم الأحد كنت أصوّر رجال الهجرة وهم يُنزلون الناس من القطار رقم 1402 في ولاية زاكاتيكاس. اقترب رجل بلا شارة، ضربني على يدي وأخذ الهاتف وكسره، وقال إنه يعرف أين أنام. عندي نسخة من الفيديو عند زميل. أخاف أن يعود."
  says 9                  # I do not know
  says 1                  # To be safe
  taps "إضافة المزيد قبل الإرسال"  # Tell more before sending
  taps "تخطي"             # not told: Used
  taps "تخطي"             # not told: Treated so for
  taps "1"
  taps "قطار"             # Train
  taps "تخطي"             # not told: Another version
  says 2                  # Somebody else
  taps "إرسال ما كتبته حتى الآن"  # Send what I have
  taps "إرسال"            # Send
  keeps receipt
