// SPDX-License-Identifier: Apache-2.0
// Draws a component again only when a property changed: thousands of log lines stand still while one is added.
import { Component, h, type ComponentType, type VNode } from 'preact';

export function memo<P extends object>(Inner: (props: P) => VNode): ComponentType<P> {
  return class Memo extends Component<P> {
    override shouldComponentUpdate(next: P): boolean {
      const keys = Object.keys(next) as (keyof P)[];
      return keys.some((key) => next[key] !== (this.props as P)[key]);
    }

    render() {
      return h(Inner as ComponentType<P>, this.props as P);
    }
  };
}
