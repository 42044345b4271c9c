/** Units of a bill. */
export const daysPerMonth = 30
export const hoursPerMonth = daysPerMonth * 24
export const secondsPerMonth = hoursPerMonth * 3600
export const bytesPerGiB = 2 ** 30
