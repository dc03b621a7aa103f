/** A session's portals by name. The unnamed one, which comes and goes with each statement, has a place of its own: no Map grows and shrinks for it. */

export class Portals<Portal> {
  private unnamed: Portal | undefined = undefined
  private readonly named = new Map<string, Portal>()

  get size(): number {
    return this.named.size + (this.unnamed === undefined ? 0 : 1)
  }

  get(name: string): Portal | undefined {
    return name === '' ? this.unnamed : this.named.get(name)
  }

  has(name: string): boolean {
    return this.get(name) !== undefined
  }

  set(name: string, portal: Portal): void {
    if (name === '') this.unnamed = portal
    else this.named.set(name, portal)
  }

  delete(name: string): void {
    if (name === '') this.unnamed = undefined
    else this.named.delete(name)
  }

  keys(): readonly string[] {
    return [...(this.unnamed === undefined ? [] : ['']), ...this.named.keys()]
  }

  values(): readonly Portal[] {
    if (this.named.size === 0) return this.unnamed === undefined ? [] : [this.unnamed]
    return [...(this.unnamed === undefined ? [] : [this.unnamed]), ...this.named.values()]
  }
}
