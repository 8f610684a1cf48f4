import { shippedRecipes } from '../recipe.ts';
import type { Item } from './types.ts';

export function recipeItems(): { items: Item[]; columns: string[] } {
  return { items: shippedRecipes().map((recipe) => ({ ...recipe })), columns: ['name', 'description'] };
}
