/** Routes: one file per view, lazy. Signed-out people see only the sign-in page. */
import { type RouteRecordRaw, type Router, createRouter, createWebHistory } from 'vue-router'

/** Whether somebody is signed in; resolves once that is known. */
export type SignedIn = () => Promise<boolean>

/** Every part of the design system in every state; the product is built without it. */
const uiPage: readonly RouteRecordRaw[] =
  import.meta.env.DEV || import.meta.env.MODE === 'gallery'
    ? [{ path: '/_ui', component: () => import('./views/ui/UiPage.vue'), meta: { bare: true } }]
    : []

export function makeRouter(signedIn: SignedIn): Router {
  const router = createRouter({
    history: createWebHistory(),
    // A row that opens beside the list leaves the list where it is.
    scrollBehavior: (to, from, saved) =>
      to.path === from.path && to.query['row'] !== from.query['row'] ? false : (saved ?? { top: 0 }),
    routes: [
      {
        path: '/sign-in',
        name: 'signIn',
        component: () => import('./views/session/SignInView.vue'),
        meta: { bare: true },
      },
      { path: '/', name: 'home', component: () => import('./views/home/HomeView.vue') },
      { path: '/log', name: 'log', component: () => import('./views/log/LogView.vue') },
      {
        path: '/initiatives/:id([A-Za-z0-9][A-Za-z0-9._-]*)',
        name: 'initiative',
        component: () => import('./views/initiative/InitiativeView.vue'),
        props: true,
      },
      {
        path: '/list',
        component: () => import('./views/list/ListPages.vue'),
        children: [
          { path: '', name: 'list', component: () => import('./views/list/ListView.vue') },
          { path: '/figures', name: 'figures', component: () => import('./views/figures/FiguresView.vue') },
          { path: '/changes', name: 'changes', component: () => import('./views/changes/ChangesView.vue') },
          {
            path: '/published',
            name: 'published',
            component: () => import('./views/published/PublishedView.vue'),
          },
          {
            path: '/published/:id([A-Za-z0-9][A-Za-z0-9._-]*)',
            name: 'publishedFigures',
            component: () => import('./views/published/PublishedFigures.vue'),
            props: true,
          },
        ],
      },
      { path: '/list/numbers', name: 'numbers', component: () => import('./views/numbers/NumbersView.vue') },
      {
        path: '/review',
        children: [
          { path: '', name: 'review', component: () => import('./views/review/ReviewView.vue') },
          {
            path: 'feedback',
            name: 'reviewFeedback',
            component: () => import('./views/review/FeedbackListView.vue'),
          },
        ],
      },
      { path: '/import', name: 'import', component: () => import('./views/import/ImportView.vue') },
      { path: '/notices', name: 'notices', component: () => import('./views/notices/NoticesView.vue') },
      { path: '/welcome', name: 'welcome', component: () => import('./views/welcome/WelcomeView.vue') },
      {
        path: '/admin',
        redirect: '/members',
        component: () => import('./views/admin/AdminView.vue'),
        children: [
          { path: '/members', name: 'members', component: () => import('./views/members/MembersView.vue') },
          {
            path: '/units',
            children: [
              { path: '', name: 'units', component: () => import('./views/units/UnitsView.vue') },
              {
                path: ':id([A-Za-z0-9][A-Za-z0-9._-]*)',
                name: 'unit',
                component: () => import('./views/units/UnitView.vue'),
                props: true,
              },
            ],
          },
          { path: '/devices', name: 'devices', component: () => import('./views/devices/DevicesView.vue') },
          {
            path: '/reminders',
            name: 'reminders',
            component: () => import('./views/reminders/RemindersView.vue'),
          },
          {
            path: '/quarantine',
            name: 'quarantine',
            component: () => import('./views/quarantine/QuarantineView.vue'),
          },
        ],
      },
      { path: '/parked', name: 'parked', component: () => import('./views/parked/ParkedView.vue') },
      { path: '/cycle', name: 'cycle', component: () => import('./views/cycle/CycleView.vue') },
      {
        path: '/cycle/:cycle/:id',
        name: 'check',
        component: () => import('./views/cycle/CheckView.vue'),
        props: true,
      },
      {
        path: '/meetings',
        name: 'meetings',
        component: () => import('./views/meetings/MeetingsView.vue'),
      },
      {
        path: '/meetings/:id',
        name: 'meeting',
        component: () => import('./views/meetings/MeetingView.vue'),
        props: true,
      },
      {
        path: '/meetings/:id/live',
        component: () => import('./views/meetings/MeetingLive.vue'),
        props: true,
        meta: { bare: true },
      },
      { path: '/settings', name: 'settings', component: () => import('./views/settings/SettingsView.vue') },
      ...uiPage,
      { path: '/:rest(.*)*', redirect: '/' },
    ],
  })
  router.beforeEach(async (to) => {
    if (to.name === 'signIn' || (await signedIn())) return true
    return { name: 'signIn', query: to.fullPath === '/' ? {} : { redirect: to.fullPath } }
  })
  return router
}
