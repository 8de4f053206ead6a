/** 管理: the pages of headquarters and administrators. */
export const adminText = {
  nav: '管理のメニュー',
  members: '職員',
  units: '部所',
  devices: '端末',
  reminders: '督促',
  quarantine: '預かった記録',
  hqOnly: 'この画面は本部事務局が使います。',
  forbidden: 'この画面は本部事務局とシステム管理者が使います。',
} as const
