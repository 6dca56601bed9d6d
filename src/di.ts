import 'reflect-metadata'
import { container, type DependencyContainer, type InjectionToken, instancePerContainerCachingFactory } from 'tsyringe'

/** Where values are looked up. A child sees its parent's bindings and builds values of its own from them. */
export type Scope = DependencyContainer

/** A name that knows the type of its value: wiring a logger where a clock belongs does not compile. */
export type Token<T> = InjectionToken<T> & { readonly value?: T }

export const token = <T>(name: string) => Symbol.for(`portolan.${name}`) as Token<T>

export const newScope = (parent: Scope = container): Scope => parent.createChildContainer()

/** Binds a recipe: each scope that asks gets one value, built on first use. */
export function bind<T>(scope: Scope, name: Token<T>, make: (scope: Scope) => T): void {
  scope.register<T>(name, { useFactory: instancePerContainerCachingFactory(make) })
}

/** Puts a value in place, over any recipe of the parents. */
export function set<T>(scope: Scope, name: Token<T>, value: T): void {
  scope.register<T>(name, { useValue: value })
}

export const get = <T>(scope: Scope, name: Token<T>): T => scope.resolve<T>(name)
