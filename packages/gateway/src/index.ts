/** The public names of @gatehouse/gateway. */
export {}
