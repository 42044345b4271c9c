/** What a person does once the stack is there, in words. */
export type Outputs = Record<string, string>

/** @param flags of the AWS command line: profile and region, as they were given */
export function nextSteps(outputs: Outputs, flags: string): string {
  const { Origin: origin, EndpointUrl: ofFunction, AdminTokenSecret: secret, CommandSettings: settings } = outputs
  const endpoint = ofFunction?.replace(/\/$/, '') ?? origin
  const token = `aws secretsmanager get-secret-value --secret-id ${secret} --query SecretString --output text${flags}`
  if (origin === undefined)
    return `Stores and functions are there. ${endpoint === undefined ? 'Endpoint and dashboard run' : 'The dashboard runs'} elsewhere, with

  ${settings?.replaceAll(' ', '\n  ')}

and as RETRACE_ADMIN_TOKEN what this tells:

  ${token}${
    endpoint === undefined
      ? ''
      : `

Pages reach the endpoint at ${endpoint} (RETRACE_ENDPOINT_URL of the dashboard).`
  }`
  return `Retrace is there.

  Dashboard   ${origin}/sign-in
  Endpoint    ${endpoint}/v1/events

Sign in with the administrator's token:

  ${token}

Then add a site at ${origin}/settings, and put its line into its pages:

  <script defer src="${endpoint}/retrace.js" data-site="SITE"></script>

Its owner is invited in its settings. What it costs: npm run cost -- --events-per-day N`
}
