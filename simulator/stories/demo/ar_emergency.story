# A man in custody needs a doctor now: the danger way, in Arabic.
# Graded P1.
# Invented: no person, event, town or official act in it is real.

phone ar_emergency language ar
  says /start
  taps "العربية"
  taps "نعم، نتابع"       # Yes, go on
  taps "عن عائلتي أو صديق"  # My family or a friend
  taps "حاجة إلى طبيب الآن"  # Needs a doctor now
  taps "محتجز عند السلطات"  # Detained by officials
  taps "لا أعرف"          # I do not know
  taps "الولايات المتحدة" # United States
  taps "تكساس"            # Texas
  taps "1"
  says 6                  # Seriously ill
  taps "حالة طارئة، وهم لا يعرفون"  # It is an emergency, they do not know
  says "لا يستطيع الكلام" # About the agreement
  says 3                  # A doctor
  taps "تخطي"             # not told: Safe to read
  taps "إرسال"            # Send
  keeps receipt
