/** The public names of @gatehouse/audit. */
export {}
