# A volunteer of a shelter was followed and threatened.
# Graded P2.
# Invented: no person, event, town or official act in it is real.

phone ar_shelter language ar
  says /start
  taps "العربية"
  taps "نعم، نتابع"       # Yes, go on
  taps "عن شخص أساعده"    # Someone I help
  taps "خوف من خطر قد يأتي"  # Afraid it may come
  taps "حر"               # Free
  says 12                 # Attack on helpers or press
  says 1                  # Helper attacked or threatened
  taps "تهديد"            # Threatened
  says "Ciudad de México" # Where
  taps "تخطي"             # not told: Town
  taps "في الأيام السبعة الأخيرة"  # In the last 7 days
  taps "1"
  says 13                 # None of these
  says "تبعتنا سيارة بلا لوحات من المأوى رقم 3 حتى المحطة، وقال السائق إنه يعرف أسماءنا."
  says 9                  # I do not know
  says 1                  # To be safe
  taps "إرسال"            # Send
  keeps receipt
