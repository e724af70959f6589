# Sent back to wait in a town where nobody is safe.
# Graded P3.
# Invented: no person, event, town or official act in it is real.

phone ru_waiting language ru
  says /start
  taps "Русский"
  taps "Да, продолжить"   # Yes, go on
  taps "О себе"           # Me
  taps "Нет"              # No
  taps "На свободе"       # Free
  says 5                  # Sent back or expelled
  says 4                  # Sent to wait in Mexico
  taps "Нижняя Калифорния"  # Baja California
  taps "Пропустить"       # not told: Town
  taps "Мексика"          # Mexico
  taps "В этом месяце"    # This month
  taps "2"
  says 13                 # None of these
  says "Нас с женой вернули ждать на мексиканскую сторону. Даты нам не назвали."
  says 6                  # U.S. border officers
  taps "Отправить мои ответы"  # Send what I have
  taps "Отправить"        # Send
  keeps receipt
