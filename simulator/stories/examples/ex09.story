# A cousin without insulin in a border cell: a doctor now. The short way, told in Chinese.
# Invented: no person, event, town or official act in it is real.

phone ex09 language en
  says /start
  taps "English"
  taps "Yes, go on"
  taps "My family"
  taps "Needs a doctor now"
  taps "Detained by officials"
  taps "I do not know"
  taps "United States"
  says "New Mexico"
  says 1
  taps "Tell more"
  says 4 10               # detention; no doctor
  says 3                  # conditions
  taps "Skip"
  says "us custody"
  taps "Not sure"
  says 4                  # seriously ill
  taps "I do not know"
  says "我表哥被关在新墨西哥州的边境巡逻队拘留室，哪一天被抓的我们不清楚。他有糖尿病，胰岛素被收走了。今天早上他只打来一分钟电话，说头晕得站不起来，看守说没有医生。我们也不知道会不会遣返他。请尽快找人去看他。"
  says 4                  # Border Patrol
  taps "Send"
  keeps receipt
