/** Everything that the first page says. Numbers arrive formatted. What is loaded later has a catalogue of its own. */
import { pickTexts } from './language.ts'
import { de } from './texts.de.ts'

export const en = {
  product: 'Retrace',
  loading: 'Loading',
  signOut: 'Sign out',
  close: 'Close',
  copy: 'Copy',
  copied: 'Copied',
  retry: 'Try again',

  header: {
    site: 'Site',
    period: 'Period',
    settings: 'Settings',
    allSettings: 'Sites and people',
    theme: 'Theme',
    language: 'Language',
    shortcuts: 'Keyboard shortcuts',
    asBrowser: 'Browser',
    apiDescription: 'API description',
    rightNow: (visitors: number, shown: string) => `${shown} ${visitors === 1 ? 'visitor' : 'visitors'} right now`,
    lastHalfHour: 'Page views a minute, last 30 minutes',
  },
  themes: { system: 'System', light: 'Light', dark: 'Dark' },

  periods: {
    today: 'Today',
    yesterday: 'Yesterday',
    '7d': 'Last 7 days',
    '30d': 'Last 30 days',
    month: 'This month',
    '12mo': 'Last 12 months',
    all: 'All time',
    custom: 'Custom range',
  },
  customRange: { from: 'From', to: 'To', apply: 'Show' },
  intervals: { minute: 'Minutes', hour: 'Hours', day: 'Days', week: 'Weeks', month: 'Months' },
  interval: 'Interval',

  /** Of durations. Minutes after hours, and seconds after minutes, come with two digits. */
  units: {
    seconds: (seconds: string) => `${seconds}s`,
    minutes: (minutes: string) => `${minutes}m`,
    hours: (hours: string) => `${hours}h`,
  },

  metrics: {
    visitors: 'Visitors',
    visits: 'Visits',
    pageviews: 'Page views',
    clicks: 'Clicks',
    events: 'Events',
    viewsPerVisit: 'Views per visit',
    bounceRate: 'Bounce rate',
    visitDurationSeconds: 'Visit duration',
    engagedSeconds: 'Time engaged',
  },

  change: {
    up: (by: string, before: string) => `up ${by}, was ${before} before`,
    down: (by: string, before: string) => `down ${by}, was ${before} before`,
    than: { up: 'more', down: 'less' },
    same: 'the same as before',
    points: (points: number, shown: string) => `${shown} ${points === 1 ? 'pt' : 'pts'}`,
  },

  chart: {
    label: (metric: string) => `${metric} over time. Arrow keys move through the chart.`,
    table: (metric: string) => `${metric} over time`,
    time: 'Time',
    before: 'Before',
    soFar: 'so far',
    moreAlerts: (count: string) => `and ${count} more`,
  },

  panels: {
    pages: 'Pages',
    sources: 'Sources',
    locations: 'Locations',
    technology: 'Technology',
    clicks: 'Clicks',
    alerts: 'Anomalies',
  },
  dimensions: {
    page: 'Pages',
    referrer: 'Referrers',
    campaign: 'Campaigns',
    country: 'Countries',
    browser: 'Browsers',
    os: 'Systems',
    device: 'Devices',
    target: 'Targets',
    event: 'Events',
  },
  /** What stands at the head of the list: what one row is. */
  rows: {
    page: 'Page',
    referrer: 'Referrer',
    campaign: 'Campaign',
    country: 'Country',
    browser: 'Browser',
    os: 'System',
    device: 'Device',
    target: 'What was clicked',
    event: 'Event',
  },
  values: {
    direct: 'Direct / none',
    noCampaign: 'No campaign',
    unknown: 'Unknown',
    other: 'Everything else',
    desktop: 'Desktop',
    mobile: 'Mobile',
    tablet: 'Tablet',
  },
  nothing: {
    page: 'No page views in this period.',
    referrer: 'No visits in this period.',
    campaign: 'No visit came by a campaign. Links with ?utm_campaign=… show up here.',
    country: 'No visits in this period.',
    browser: 'No visits in this period.',
    os: 'No visits in this period.',
    device: 'No visits in this period.',
    target: 'No clicks in this period. Links and buttons are counted by themselves.',
    event: 'No events yet. Send one from a page: retrace("signup")',
    search: 'Nothing matches.',
  },
  showAll: (count: string) => `Show all ${count}`,
  seeDetails: 'Details',
  search: 'Search',
  details: (title: string) => `${title} in detail`,
  shown: (shown: string, total: string) => `The first ${shown} of ${total}`,
  ofAll: (percent: string) => `${percent} of all`,

  alerts: {
    none: 'Nothing out of the ordinary in this period.',
    above: (metric: string) => `${metric} far above normal`,
    below: (metric: string) => `${metric} far below normal`,
    /** What a figure is of: a page, or a source. */
    of: (metric: string, value: string) => `${metric}, ${value}`,
    errors: 'Errors',
    clicksOfOneVisitor: 'Clicks of one visitor',
    eventsOfOneNetwork: 'Events of one network',
    unengagedViews: 'Page views without engagement',
    inMinutes: (observed: string, minutes: string) => `${observed} in ${minutes} minutes`,
    inMinute: (observed: string) => `${observed} in a minute`,
    inHour: (observed: string) => `${observed} in an hour`,
    normal: (observed: string, low: string, high: string) => `${observed}, normal is ${low} to ${high}`,
    goesOn: 'goes on',
    all: 'All anomalies',
  },

  explore: 'Explore',

  pipeline: 'Pipeline',

  replays: {
    title: 'Replays',
    loadFailed: 'This page could not be loaded. There may be a new version of it.',
    reload: 'Load again',
    banner: {
      label: 'These figures are of a replay',
      title: (id: string) => `As generation ${id}`,
      about: (days: string) =>
        `Where it has counted again what arrived ${days}, its figures count; all else is as published.`,
      published: (days: string) =>
        `It is published for what arrived ${days}. A later one of the same days would count before it.`,
      otherSites: 'It has nothing of this site: what you see is as published.',
      gone: 'There is no such generation, or nothing of it to look at.',
      asPublished: 'As published',
      toReplay: 'About this replay',
    },
  },

  problems: {
    lost: 'The live connection is lost. Reconnecting…',
    load: 'The figures could not be loaded.',
    unknownSite: (site: string) => `There is no site “${site}”.`,
    noSites: 'No site yet',
    noSitesHint: 'Add one in the settings, or on the machine that runs Retrace:',
    noRole: 'You have no role at any site',
    noRoleHint: 'An owner of a site can invite you to it.',
  },

  empty: {
    title: 'Waiting for the first visit',
    lead: 'Put this line into the head of every page. The first view shows up here at once.',
    importTitle: 'Or start with what you have',
    importLead: 'A web server’s access log brings in the past, at the times that it gives:',
    ofBots: (count: number, shown: string) =>
      `${shown} ${count === 1 ? 'event came from a bot' : 'events came from bots'}: robots, and browsers that a program runs, are in no figure.`,
    noneInPeriod: 'Nothing happened in this period.',
    since: (day: string) => `Data goes back to ${day}.`,
    showAllTime: 'Show all time',
  },
} as const

export const texts = pickTexts(en, de)
