/** The MongoDB adapter as others see it. */
export {}
