import { expect, it } from 'vitest'
import { type Member, Roster } from '../../src/proxy/index.ts'

it('knows who is there, whoever leaves', () => {
  const roster = new Roster<Member>()
  const members = Array.from({ length: 5 }, () => ({ place: -1 }))
  for (const member of members) roster.add(member)
  const present = new Set<Member>(members)
  for (const leaving of [0, 4, 2, 1, 3].map((at) => members[at]!)) {
    roster.remove(leaving)
    present.delete(leaving)
    expect(new Set(roster.all())).toEqual(present)
    expect(roster.size).toBe(present.size)
  }
})

it('takes no harm from those who leave twice, or come again', () => {
  const roster = new Roster<Member>()
  const [first, second] = [{ place: -1 }, { place: -1 }]
  roster.add(first)
  roster.add(second)
  roster.remove(first)
  roster.remove(first)
  expect(roster.all()).toEqual([second])
  roster.add(first)
  expect(roster.size).toBe(2)
})
