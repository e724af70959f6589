# Papers not given back, told years later: P4.
# Invented: no person, event, town or official act in it is real.

phone ex08 language ru
  says /start
  taps "Русский"
  taps "Да, продолжить"   # Yes, go on
  taps "О себе"           # Me
  taps "Нет"              # No
  taps "На свободе"       # Free
  says 2 3                # They took money or things; They took or broke papers
  taps "США"              # United States
  says "Техас"            # State
  taps "Пропустить"       # not told: Town
  taps "Раньше"           # Earlier
  says 2023               # About when
  taps "1"
  says 13                 # None of these
  says "В 2023 году, месяц уже не помню, меня выпустили из центра содержания в Техасе. Паспорт и обручальное кольцо не вернули, сказали, что пришлют по почте. Я писал туда дважды, ответа нет. Сейчас я в безопасности. Хочу только вернуть документы."
  says 5                  # U.S. immigration police (ICE)
  says 5                  # Papers back
  taps "Рассказать ещё перед отправкой"  # Tell more before sending
  taps "Под стражей в США"  # Detention in the U.S.
  taps "Пропустить"       # not told: Known by
  taps "Пропустить"       # not told: How sure
  taps "Пропустить"       # not told: Another version
  taps "Пропустить"       # not told: Evidence
  says "Два письма, без ответа"  # Already on it
  taps "Отправить мои ответы"  # Send what I have
  taps "Отправить"        # Send
  keeps receipt
