/** What is remembered once the first explanation was read. */
export const WELCOME_SEEN = 'welcome'
