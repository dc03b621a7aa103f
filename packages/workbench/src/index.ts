/** The public names of @gatehouse/workbench. */
export {}
